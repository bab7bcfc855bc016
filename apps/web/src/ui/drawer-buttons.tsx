import { Button, Group } from '@mantine/core';

interface DrawerButtonsProps {
  saving: boolean;
  onClose: () => void;
  /** On the button that submits the form. */
  verb?: string;
}

/** What the form of a drawer ends with. */
export function DrawerButtons({ saving, onClose, verb = 'Save' }: DrawerButtonsProps) {
  return (
    <Group justify="flex-end" mt="sm">
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" loading={saving}>
        {verb}
      </Button>
    </Group>
  );
}
