/** What just happened, told in the bar on top: `useNotices().done('The bucket is made.')`. */
import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, useContext, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { reasonOf } from './reason.ts';

export interface Notices {
  /** Goes away by itself. */
  readonly done: (text: ReactNode) => void;
  /** `what` is what was tried: "The bucket could not be made". Stays until it is dismissed. */
  readonly failed: (what: string, error: unknown) => void;
  readonly warn: (header: string, content: ReactNode) => void;
}

const shownMsOfDone = 8000;
/** Not `crypto.randomUUID`: browsers lack it on plain HTTP from another machine. */
let counter = 0;
const Teller = createContext<Notices | undefined>(undefined);
const Told = createContext<readonly FlashbarProps.MessageDefinition[]>([]);

export function NoticesProvider({ children }: { readonly children: ReactNode }) {
  const [items, setItems] = useState<readonly FlashbarProps.MessageDefinition[]>([]);
  const notices = useMemo((): Notices => {
    const add = (item: FlashbarProps.MessageDefinition): string => {
      const id = `notice-${(counter += 1)}`;
      const dismiss = () => setItems((now) => now.filter((other) => other.id !== id));
      const whole = { ...item, id, dismissible: true, dismissLabel: 'Dismiss', onDismiss: dismiss };
      setItems((now) => [whole, ...now].slice(0, 20));
      if (item.type === 'success') setTimeout(dismiss, shownMsOfDone);
      return id;
    };
    return {
      done: (content) => void add({ type: 'success', content }),
      failed: (header, error) => {
        const reason = reasonOf(error);
        if (reason !== undefined) add({ type: 'error', header, content: reason });
      },
      warn: (header, content) => void add({ type: 'warning', header, content }),
    };
  }, []);
  return (
    <Teller value={notices}>
      <Told value={items}>{children}</Told>
    </Teller>
  );
}

export function useNotices(): Notices {
  const notices = useContext(Teller);
  if (notices === undefined) throw new Error('outside of NoticesProvider');
  return notices;
}

export function useToldNotices(): readonly FlashbarProps.MessageDefinition[] {
  return useContext(Told);
}
