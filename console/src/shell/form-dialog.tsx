/** A dialog that is a form: Enter in it does what its button does. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';

export interface FormDialogProps {
  readonly header: string;
  /** On the button. */
  readonly action: string;
  /** On the other button. */
  readonly close?: string;
  readonly variant?: 'primary' | 'normal';
  readonly disabled?: boolean;
  readonly busy?: boolean;
  readonly size?: 'medium' | 'large' | undefined;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function FormDialog(props: FormDialogProps) {
  const { header, action, close = 'Cancel', variant = 'primary', onSubmit, onClose } = props;
  return (
    <Modal
      visible
      size={props.size ?? 'medium'}
      header={header}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {close}
            </Button>
            <Button
              variant={variant}
              disabled={props.disabled === true}
              loading={props.busy === true}
              onClick={onSubmit}
            >
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <SpaceBetween size="l">{props.children}</SpaceBetween>
      </form>
    </Modal>
  );
}
