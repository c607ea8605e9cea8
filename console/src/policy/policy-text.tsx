/**
 * A text area with line numbers, for policies. Not a code editor: those bring inline styles or half a
 * MiB of script. The Tab key leaves it, as keyboards need.
 */
import { useEffect, useId, useRef } from 'react';
import { offsetOf, type Place } from './located.ts';
import './policy-text.css';

const rowsLeast = 12;
const rowsMost = 30;

export function PolicyText({
  label,
  value,
  onChange,
  wrong,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Marked, and gone to once it is told. */
  readonly wrong: Place | undefined;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const id = useId();
  const lines = value.split('\n').length;

  useEffect(() => {
    const element = area.current;
    if (wrong === undefined || element === null) return;
    const offset = offsetOf(element.value, wrong);
    // What is wrong is told below: it stays in sight.
    element.focus({ preventScroll: true });
    element.setSelectionRange(offset, Math.min(offset + 1, element.value.length));
    element.scrollTop = Math.max(0, (wrong.line - 5) * lineHeight);
  }, [wrong]);

  return (
    <div className="policy-text">
      <div className="numbers" aria-hidden="true" ref={numbers}>
        {Array.from({ length: lines }, (_, index) => (
          <div key={index + 1} className={index + 1 === wrong?.line ? 'wrong' : undefined}>
            {index + 1}
          </div>
        ))}
      </div>
      <textarea
        id={id}
        ref={area}
        aria-label={label}
        aria-invalid={wrong !== undefined}
        rows={Math.min(rowsMost, Math.max(rowsLeast, lines + 1))}
        value={value}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => {
          if (numbers.current !== null) numbers.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}

/** Pixels, as the style sheet has it. */
const lineHeight = 20;
