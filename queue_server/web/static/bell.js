/* The phone's bell: a chime of two tones, a buzz and a screen that stays on, each where the phone has it.
   Browsers let a page sound only after a tap: `turnOn` must be called from one. */

const TIMES = 8;
const PAUSE_MS = 3500;
const TONES = [[880, 0], [660, 0.28], [880, 0.9], [660, 1.18]]; // hertz, seconds from the start
const BUZZ = [400, 150, 400];

/** `onRinging(ringing)` hears when the bell begins and when it has stopped; `isOn` is false where a phone has neither sound nor, asked for that, vibration. */
export function makeBell(onRinging) {
  let audio = null;
  let buzzes = false;
  let timer = 0;
  let left = 0;

  function chime() {
    for (const [hertz, delay] of TONES) tone(audio, hertz, audio.currentTime + delay);
  }

  function strike() {
    if (left === 0) {
      hush();
      return;
    }
    left -= 1;
    if (audio) chime();
    if (navigator.vibrate) navigator.vibrate(BUZZ);
    timer = setTimeout(strike, PAUSE_MS);
  }

  function ring() {
    hush();
    if (!audio && !navigator.vibrate) return;
    left = TIMES;
    strike();
    onRinging(true);
  }

  function hush() {
    clearTimeout(timer);
    left = 0;
    if (navigator.vibrate) navigator.vibrate(0);
    onRinging(false);
  }

  /** `silently`: by vibration alone, for who can't hear. */
  function turnOn(silently) {
    if (silently) {
      buzzes = Boolean(navigator.vibrate && navigator.vibrate(BUZZ));
      if (buzzes) stayAwake();
      return;
    }
    const Audio = window.AudioContext || window.webkitAudioContext;
    if (!Audio) return;
    audio = new Audio();
    audio.resume();
    chime();
    stayAwake();
  }

  function turnOff() {
    if (audio) audio.close();
    audio = null;
    buzzes = false;
  }

  // A phone gives the lock back whenever the page is hidden.
  document.addEventListener("visibilitychange", () => {
    if ((audio || buzzes) && document.visibilityState === "visible") stayAwake();
  });

  return { ring, hush, turnOn, turnOff, isOn: () => audio !== null || buzzes };
}

function stayAwake() {
  if (navigator.wakeLock) navigator.wakeLock.request("screen").catch(() => {}); // refused when the battery is low
}

function tone(audio, hertz, start) {
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.5, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
  source.connect(volume);
  volume.connect(audio.destination);
  source.start(start);
  source.stop(start + 0.55);
}
