/** Where an organisation's own music for who is on hold is kept, below the data folder: a WAV file (PCM16, mono). */
export function holdMusicFile(organisationId: string): string {
  return `hold-music/${organisationId}.wav`;
}
