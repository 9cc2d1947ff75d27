"""x"""


def run():
    return {}
