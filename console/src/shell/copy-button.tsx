import Button from '@cloudscape-design/components/button';
import LiveRegion from '@cloudscape-design/components/live-region';
import { useEffect, useState } from 'react';
import { copyText } from './copy-text.ts';

/** Copies a text, and says so. */
export function CopyButton({
  text,
  label,
  icon,
}: {
  readonly text: string;
  /** "Copy S3 URI". */
  readonly label: string;
  /** Without the label's text. */
  readonly icon?: boolean;
}) {
  const [outcome, setOutcome] = useState<'copied' | 'failed'>();
  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), 2500);
    return () => clearTimeout(timer);
  }, [outcome]);
  const words = outcome === 'copied' ? 'Copied' : 'The browser did not let it be copied';
  return (
    <>
      <Button
        iconName={outcome === 'copied' ? 'check' : 'copy'}
        variant={icon === true ? 'inline-icon' : 'normal'}
        ariaLabel={label}
        onClick={() => void copyText(text).then((done) => setOutcome(done ? 'copied' : 'failed'))}
      >
        {icon === true ? undefined : outcome === undefined ? label : words}
      </Button>
      <LiveRegion hidden>{outcome === undefined ? '' : words}</LiveRegion>
    </>
  );
}
