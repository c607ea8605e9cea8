import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';

/** What cannot be undone asks for the name to be typed. */
export function NameGuard({
  name,
  typed,
  onType,
}: {
  readonly name: string;
  readonly typed: string;
  readonly onType: (typed: string) => void;
}) {
  return (
    <FormField
      stretch
      label={
        <>
          To confirm, type <span className="exact">{name}</span>
        </>
      }
    >
      <Input
        value={typed}
        onChange={({ detail }) => onType(detail.value)}
        autoComplete={false}
        spellcheck={false}
        autoFocus
        ariaLabel={`Type ${name} to confirm`}
      />
    </FormField>
  );
}
