import { sayDigits, speakableText } from '@carillon/prompts';

/** Everything that the voice applications say of themselves. */
export const PHRASES = {
  wrongKey: 'Sorry, that key has no meaning here.',
  nothingPressed: 'Sorry, I did not hear a key.',
  dialExtension: 'Please dial the extension, followed by the pound key.',
  unknownExtension: 'Sorry, that extension does not exist.',
  cannotReach: 'Sorry, that extension cannot be reached.',
  nobodyThere: 'Sorry, nobody is available.',
  connecting: 'Please hold while I connect you.',
  toOperator: 'Please hold while I connect you to the operator.',
  goodbye: 'Goodbye.',
  trouble: 'Sorry, something went wrong here. Please call again later.',
  echo: 'This is the echo test. You will hear everything that you say.',
  afterTone: 'Please leave a message after the tone.',
  noMailbox: 'Sorry, no message can be left here.',
  mailboxFull: 'Sorry, this mailbox is full and takes no more messages.',
  cannotRecord: 'Sorry, messages cannot be recorded at the moment.',
  notSaved: 'Sorry, your message could not be saved.',
  tooShort: 'Your message was too short and was not kept.',
  saved: 'Thank you. Your message was saved.',
  askMailbox: 'Please dial your extension, followed by the pound key.',
  askPin: 'Please enter your PIN, followed by the pound key.',
  wrongPin: 'That PIN is not right.',
  tooManyPins: 'There were too many wrong PINs. Please try again later.',
  noMessages: 'You have no messages.',
  listen: 'To listen, press 1. To leave, press pound.',
  afterMessage: 'To hear it again, press 1. To keep it, press 2. To delete it, press 3.',
  nextMessage: 'For the next message, press 6.',
  previousMessage: 'For the previous message, press 4.',
  kept: 'The message is kept.',
  deleted: 'The message is deleted. To get it back, press 3.',
  restored: 'The message is restored.',
  noNext: 'There are no more messages.',
  noPrevious: 'This is the first message.',
  unplayable: 'Sorry, this message cannot be played.',
} as const;

const several = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** "You have 2 new messages and 1 old message." */
export function sayCounts(newCount: number, oldCount: number): string {
  if (newCount === 0 && oldCount === 0) return PHRASES.noMessages;
  if (oldCount === 0) return `You have ${several(newCount, 'new message', 'new messages')}.`;
  if (newCount === 0) return `You have ${several(oldCount, 'old message', 'old messages')}.`;
  return `You have ${several(newCount, 'new message', 'new messages')} and ${several(oldCount, 'old message', 'old messages')}.`;
}

/** Who a mailbox belongs to, as its built-in greeting says it. */
export function sayGreeting(owner: { ownerName: string; extension: string | null }, busy: boolean): string {
  const number = owner.extension === null ? 'this extension' : `extension ${sayDigits(owner.extension)}`;
  const who = speakableText(owner.ownerName) === '' ? `The person at ${number}` : owner.ownerName;
  return `${who} is ${busy ? 'on the phone' : 'not available'}.`;
}

/** Who left a message. */
export function sayCaller({ name, number }: { name: string | null; number: string }): string {
  if (name !== null && speakableText(name) !== '') return `From ${name}.`;
  return /\d/.test(number) ? `From ${sayDigits(number)}.` : 'From an unknown caller.';
}

const DAY_MS = 24 * 3600_000;
const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

/** When a message came, in the server's own time zone: "Today at 2:05 PM." */
export function sayTime(receivedAt: Date, now: number): string {
  const clock = receivedAt.toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' }).replaceAll(/\s/g, ' ');
  const days = Math.round((startOfDay(now) - startOfDay(receivedAt.getTime())) / DAY_MS);
  const day = days === 0 ? 'Today' : days === 1 ? 'Yesterday' : receivedAt.toLocaleDateString('en-US', { month: 'long', day: 'numeric' }); // prettier-ignore
  return `${day} at ${clock}.`;
}
