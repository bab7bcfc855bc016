/**
 * Numbers that call for help in many countries: 112 and 911 in most of the world and from every mobile, the others in large parts
 * of it. A country's own further ones are reached by one of these as well.
 */
export const EMERGENCY_NUMBERS: readonly string[] = [
  ...['112', '911', '999', '000', '110', '111', '113', '115', '117', '118', '119'],
];

/** @param number as it is dialled, or as it goes to a provider */
export function isEmergencyNumber(number: string): boolean {
  return EMERGENCY_NUMBERS.includes(number);
}
