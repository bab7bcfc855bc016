import { Button, FileButton, Group, Stack, Textarea, type TextareaProps } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';

interface PemFieldProps extends TextareaProps {
  label: string;
  /** Has the focus when the form opens. */
  isFirst?: boolean;
  /** What a chosen file held. */
  onText: (text: string) => void;
}

/** A text in PEM, pasted or out of a file. */
export function PemField({ label, isFirst = false, onText, ...textarea }: PemFieldProps) {
  const read = async (file: File | null) => {
    if (file !== null) onText(await file.text());
  };
  return (
    <Stack gap={6}>
      <Textarea
        label={label}
        required
        rows={6}
        spellCheck={false}
        autoComplete="off"
        styles={{
          input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 'var(--mantine-font-size-xs)' },
        }}
        {...textarea}
        {...(isFirst && { 'data-autofocus': true })}
      />
      <Group>
        <FileButton onChange={(file) => void read(file)} accept=".pem,.crt,.cer,.key,.txt,application/x-pem-file">
          {(props) => (
            <Button
              {...props}
              size="compact-sm"
              variant="default"
              leftSection={<IconFileUpload size={16} />}
              aria-label={`Choose a file: ${label.toLowerCase()}`}
            >
              Choose a file
            </Button>
          )}
        </FileButton>
      </Group>
    </Stack>
  );
}
