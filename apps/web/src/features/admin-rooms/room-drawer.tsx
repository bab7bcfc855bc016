import { SaveRoom, type Room } from '@carillon/contracts';
import { Drawer, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { call } from '../../api/api.js';
import { DrawerButtons } from '../../ui/drawer-buttons.js';
import { focusFirstError } from '../../ui/focus-first-error.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { MissingRecord } from '../../ui/missing-record.js';
import { useAct } from '../../ui/use-act.js';
import { useRebase } from '../../ui/use-rebase.js';

interface RoomDrawerProps {
  /** null makes a new one; undefined: the address leads to none. */
  room: Room | null | undefined;
  opened: boolean;
  onClose: () => void;
}

/** Makes or changes a meeting room. */
export function RoomDrawer({ room, opened, onClose }: RoomDrawerProps) {
  return (
    <Drawer opened={opened} onClose={onClose} title={room === null ? 'Add room' : `Edit ${room?.name ?? 'room'}`}>
      {room === undefined ? (
        <MissingRecord what="room" way={onClose} />
      ) : (
        <RoomFields key={room?.roomId} room={room} onClose={onClose} />
      )}
    </Drawer>
  );
}

const valuesOf = (room: Room | null) => ({
  name: room?.name ?? '',
  extension: room?.extension ?? '',
  pin: room?.pin ?? '',
  lobby: room?.lobby ?? true,
});

/** The form, made anew whenever the drawer opens. */
function RoomFields({ room, onClose }: { room: Room | null; onClose: () => void }) {
  const form = useForm({ initialValues: valuesOf(room) });
  useRebase(form, valuesOf(room));
  const save = useAct({
    run: (body: Parameters<typeof SaveRoom.parse>[0]) => {
      const checked = SaveRoom.parse(body);
      return room === null
        ? call('createRoom', { body: checked })
        : call('updateRoom', { params: { roomId: room.roomId }, body: checked });
    },
    stale: ['listRooms', 'rooms', 'room'],
    done: (saved) => `${saved.name} is saved.`,
    onFailure: (failure) => showFormFailure(form, failure),
  });
  const submit = (values: typeof form.values) => {
    const orNull = (text: string) => (text.trim() === '' ? null : text.trim());
    const body = { ...values, extension: orNull(values.extension), pin: orNull(values.pin) };
    const checked = SaveRoom.safeParse(body);
    if (checked.success) return save.mutate(body, { onSuccess: onClose });
    form.setErrors(Object.fromEntries(checked.error.issues.map((issue) => [issue.path.join('.'), issue.message])));
    focusFirstError();
  };
  return (
    <form noValidate onSubmit={form.onSubmit(submit)}>
      <Stack>
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <TextInput
          label="Dial-in extension"
          description="The number phones call. Leave empty for browsers only."
          inputMode="numeric"
          {...form.getInputProps('extension')}
        />
        <TextInput
          label="PIN for phones"
          description="4 to 10 digits. Leave empty to let phones in without one."
          inputMode="numeric"
          {...form.getInputProps('pin')}
        />
        <Switch
          label="Lobby"
          description="Guests wait until a host lets them in."
          {...form.getInputProps('lobby', { type: 'checkbox' })}
        />
        <DrawerButtons saving={save.isPending} onClose={onClose} />
      </Stack>
    </form>
  );
}
