import type { DeviceProfile } from '@carillon/domain';

/** What becomes of the list as it is stored at that moment. */
export type ProfileChange = (stored: readonly DeviceProfile[]) => readonly DeviceProfile[];

const isSame = (a: DeviceProfile, b: DeviceProfile): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Where it stands: as it was shown or, where another administrator has changed it since, by its name. -1: nowhere. */
function placeOf(shown: DeviceProfile, stored: readonly DeviceProfile[]): number {
  const same = stored.findIndex((one) => isSame(one, shown));
  return same < 0 ? stored.findIndex(({ name }) => name === shown.name) : same;
}

/** A profile as it is stored by now, or as it was shown when somebody has deleted it meanwhile. */
export const storedProfile = (shown: DeviceProfile, stored: readonly DeviceProfile[]): DeviceProfile =>
  stored[placeOf(shown, stored)] ?? shown;

/** In place of one that is edited, unless somebody has deleted it meanwhile; else at the end. */
export const putProfile =
  (profile: DeviceProfile, edited: DeviceProfile | null): ProfileChange =>
  (stored) => {
    const at = edited === null ? -1 : placeOf(edited, stored);
    return at < 0 ? [...stored, profile] : stored.with(at, profile);
  };

export const removeProfile =
  (profile: DeviceProfile): ProfileChange =>
  (stored) => {
    const at = placeOf(profile, stored);
    return at < 0 ? stored : stored.toSpliced(at, 1);
  };
