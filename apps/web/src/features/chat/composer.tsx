import { ActionIcon, Textarea } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconSend2 } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import classes from './chat.module.css';

/** The contracts' limit of a chat message. */
const MAX_LENGTH = 8_000;

interface ComposerProps {
  name: string;
  onSend: (body: string) => void;
  onTyping: () => void;
}

/** Where a chat message is written: Enter sends it, Shift and Enter begins a new line. */
export function Composer({ name, onSend, onTyping }: ComposerProps) {
  const [body, setBody] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const touch = useMediaQuery('(pointer: coarse)') ?? false;
  useEffect(() => {
    // On touch screens the focus would raise the keyboard over the messages.
    if (!touch) field.current?.focus();
  }, [touch]);
  const submit = () => {
    const text = body.trim();
    if (text === '') return;
    onSend(text);
    setBody('');
    field.current?.focus();
  };
  return (
    <form
      className={classes['composer']}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Textarea
        ref={field}
        aria-label={`Message to ${name}`}
        placeholder="Write a message"
        autosize
        minRows={1}
        maxRows={6}
        maxLength={MAX_LENGTH}
        style={{ flex: 1 }}
        value={body}
        onChange={(event) => {
          setBody(event.currentTarget.value);
          if (event.currentTarget.value.trim() !== '') onTyping();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      <ActionIcon
        type="submit"
        variant="filled"
        color="verdigris"
        size={36}
        aria-label="Send"
        disabled={body.trim() === ''}
      >
        <IconSend2 size={18} />
      </ActionIcon>
    </form>
  );
}
