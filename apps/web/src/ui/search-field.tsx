import { TextInput, type TextInputProps } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import type { Ref } from 'react';
import { SEARCH_LIMIT } from './use-search-text.js';

interface SearchFieldProps extends Pick<TextInputProps, 'maw' | 'mb' | 'mx' | 'placeholder' | 'onBlur'> {
  /** For who cannot see it; the placeholder may say more. */
  label: string;
  ref: Ref<HTMLInputElement>;
  value: string;
  onChange: (value: string) => void;
}

/** Narrows the list below it as somebody types; `/` leads here. */
export function SearchField({ label, onChange, ...rest }: SearchFieldProps) {
  return (
    <TextInput
      type="search"
      placeholder={label}
      aria-label={label}
      leftSection={<IconSearch size={16} />}
      maxLength={SEARCH_LIMIT}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...rest}
    />
  );
}
