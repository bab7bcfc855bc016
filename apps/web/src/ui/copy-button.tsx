import { useEffect, useState, type ReactNode } from 'react';
import { copyText } from './copy-text.js';
import { notifyFailure } from './notify.js';

interface CopyButtonProps {
  value: string;
  children: (state: { copied: boolean; copy: () => void }) => ReactNode;
}

/** How long a button says that it has copied. */
const SAID_MS = 2_000;

/** What a button needs to copy a text, and to say that it did; where the browser refuses, the user is told. */
export function CopyButton({ value, children }: CopyButtonProps) {
  const [copiedAt, setCopiedAt] = useState<number>();
  useEffect(() => {
    if (copiedAt === undefined) return;
    const timer = setTimeout(() => setCopiedAt(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [copiedAt]);
  const copy = async () => {
    if (await copyText(value)) setCopiedAt(Date.now());
    else notifyFailure(new Error('The browser does not let this page copy. Select the text and copy it by hand.'));
  };
  return children({ copied: copiedAt !== undefined, copy: () => void copy() });
}
