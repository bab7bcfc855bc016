export { SfuPlane, type SfuPlaneParts } from './sfu-plane.js';
export { splitRtpPorts, type PortRange, type RtpPortPlan } from './split-rtp-ports.js';
