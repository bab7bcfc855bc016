export { amplitudeAt, strongestFrequency } from './measure-tone.js';
export { RtpPhone } from './rtp-phone.js';
export { until, wait } from './wait.js';
