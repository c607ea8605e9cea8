import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useRef, useState } from 'react';
import { filesOfDrop, filesOfInput, type ChosenFile } from '../../upload/chosen-files.ts';

/** Files and folders by choice or by drop. */
export function FilePicker({
  onFiles,
}: {
  readonly onFiles: (files: readonly ChosenFile[]) => void;
}) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (input: HTMLInputElement): void => {
    onFiles(filesOfInput(input.files));
    input.value = '';
  };
  return (
    <div
      className={over ? 'drop drop-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        void filesOfDrop(event.dataTransfer).then(onFiles);
      }}
    >
      <SpaceBetween size="s">
        <div>Drop files and folders here, or</div>
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="file" onClick={() => files.current?.click()}>
            Choose files
          </Button>
          <Button iconName="folder" onClick={() => folder.current?.click()}>
            Choose a folder
          </Button>
        </SpaceBetween>
      </SpaceBetween>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label="Files to upload"
        onChange={(event) => take(event.target)}
      />
      <input
        ref={(input) => {
          folder.current = input;
          // No attribute that React's types know.
          if (input !== null) input.webkitdirectory = true;
        }}
        type="file"
        hidden
        aria-label="A folder to upload"
        onChange={(event) => take(event.target)}
      />
    </div>
  );
}
