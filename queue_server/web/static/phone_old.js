/* For phones that know no modules: the page as the server wrote it, fetched anew now and then. */
setTimeout(function () {
  location.reload();
}, 20000);
