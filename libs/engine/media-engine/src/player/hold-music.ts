/**
 * The music for who waits: eight bars of arpeggios over C, A minor, F and G with a small melody above, composed for this
 * program. It is worked out note by note while it is heard for the first time, and kept for whoever waits next.
 */
const BEATS_PER_MINUTE = 84;
const BEATS = 32;
export const HOLD_MUSIC_RATE = 16_000;
/** That which nothing exceeds; the piece is about as loud as a telephone's voice. */
const FULL_LEVEL = 32_767 * 0.9;
/** How near the notes come to it: gently, so that chords are not distorted. */
const DRIVE = 0.45;
const ATTACK_SECONDS = 0.012;
const FADE_SAMPLES = 0.05 * HOLD_MUSIC_RATE;
/** A note that is so quiet has ended. */
const INAUDIBLE = 0.002;

interface Note {
  readonly startSample: number;
  readonly frequencyHz: number;
  readonly gain: number;
  /** In which it falls to a third. */
  readonly decaySeconds: number;
}

/** MIDI numbers of the notes of each bar's chord, the bass first. */
const BARS: readonly (readonly [number, number, number, number])[] = [
  [48, 64, 67, 72],
  [57, 64, 69, 72],
  [53, 65, 69, 72],
  [55, 62, 67, 71],
  [48, 64, 67, 72],
  [57, 60, 64, 69],
  [50, 62, 65, 69],
  [55, 62, 67, 71],
];
/** What the chord's notes are played in, one each half beat. */
const ARPEGGIO = [0, 1, 2, 3, 2, 1, 2, 3] as const;
/** Beat and MIDI number. */
const MELODY: readonly (readonly [number, number])[] = [
  [0, 76],
  [2, 79],
  [3, 76],
  [4, 76],
  [6, 72],
  [8, 77],
  [10, 76],
  [11, 74],
  [12, 74],
  [14, 71],
  [16, 79],
  [18, 84],
  [19, 83],
  [20, 81],
  [22, 76],
  [24, 77],
  [25, 76],
  [26, 74],
  [28, 71],
  [30, 74],
];

/** A note while it sounds: a turning pointer in place of a sine for each sample. */
interface Voice {
  readonly note: Note;
  readonly turn: { readonly sine: number; readonly cosine: number };
  readonly fallPerSample: number;
  sine: number;
  cosine: number;
  fall: number;
  age: number;
}

export class HoldMusic {
  readonly length = Math.round((BEATS * 60 * HOLD_MUSIC_RATE) / BEATS_PER_MINUTE);
  private readonly samples = new Int16Array(this.length);
  private rendered = 0;
  private readonly notes = compose();
  private nextNote = 0;
  private sounding: Voice[] = [];

  /** Samples from `at` on, as many as there are until the end of the piece. */
  read(at: number, into: Int16Array): number {
    const count = Math.min(into.length, this.length - at);
    if (count <= 0) return 0;
    this.renderTo(at + count);
    into.set(this.samples.subarray(at, at + count));
    return count;
  }

  private renderTo(end: number): void {
    for (; this.rendered < end; this.rendered += 1) {
      this.beginNotes();
      let sum = 0;
      let ended = false;
      for (const voice of this.sounding) {
        sum += nextSample(voice);
        ended ||= voice.fall < INAUDIBLE;
      }
      if (ended) this.sounding = this.sounding.filter(({ fall }) => fall >= INAUDIBLE);
      // Without a click where the piece begins anew.
      const fade = Math.min(1, (this.length - this.rendered) / FADE_SAMPLES);
      // Never above full level, however many notes meet.
      this.samples[this.rendered] = Math.round((FULL_LEVEL * fade * sum) / (1 + Math.abs(sum)));
    }
  }

  private beginNotes(): void {
    for (let note = this.notes[this.nextNote]; note?.startSample === this.rendered;) {
      this.sounding.push(voiceOf(note));
      this.nextNote += 1;
      note = this.notes[this.nextNote];
    }
  }
}

function voiceOf(note: Note): Voice {
  const angle = (2 * Math.PI * note.frequencyHz) / HOLD_MUSIC_RATE;
  return {
    note,
    turn: { sine: Math.sin(angle), cosine: Math.cos(angle) },
    fallPerSample: Math.exp(-1 / (note.decaySeconds * HOLD_MUSIC_RATE)),
    sine: 0,
    cosine: 1,
    fall: 1,
    age: 0,
  };
}

/** Like an electric piano: overtones (by the sines of double and triple angles) that fade before the note does. */
function nextSample(voice: Voice): number {
  const { note, turn, sine, cosine, fall } = voice;
  const timbre = sine + 0.35 * fall * 2 * sine * cosine + 0.12 * fall * fall * sine * (3 - 4 * sine * sine);
  const attack = Math.min(1, voice.age / (ATTACK_SECONDS * HOLD_MUSIC_RATE));
  voice.sine = sine * turn.cosine + cosine * turn.sine;
  voice.cosine = cosine * turn.cosine - sine * turn.sine;
  voice.fall = fall * voice.fallPerSample;
  voice.age += 1;
  return DRIVE * note.gain * fall * attack * timbre;
}

function compose(): readonly Note[] {
  const notes = [
    ...BARS.flatMap((chord, bar) => [
      noteAt(bar * 4, chord[0], { gain: 0.45, decaySeconds: 0.9 }),
      ...ARPEGGIO.map((voice, step) => noteAt(bar * 4 + step / 2, chord[voice], { gain: 0.22, decaySeconds: 0.35 })),
    ]),
    ...MELODY.map(([beat, key]) => noteAt(beat, key, { gain: 0.4, decaySeconds: 0.5 })),
  ];
  return notes.toSorted((a, b) => a.startSample - b.startSample);
}

/** @param key 69 is A at 440 Hz */
function noteAt(beat: number, key: number, { gain, decaySeconds }: Pick<Note, 'gain' | 'decaySeconds'>): Note {
  return {
    startSample: Math.round((beat * 60 * HOLD_MUSIC_RATE) / BEATS_PER_MINUTE),
    frequencyHz: 440 * 2 ** ((key - 69) / 12),
    gain,
    decaySeconds,
  };
}
