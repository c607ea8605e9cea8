/** Sign in with an access key and its secret; then on to where one wanted to go. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { Navigate, useSearchParams } from 'react-router';
import { AdminError } from '../../api/admin.ts';
import { reasonOf } from '../../shell/reason.ts';
import { useSessionHolder } from '../../shell/session.tsx';
import { Waiting } from '../../shell/waiting.tsx';
import { plural } from '../../text/bytes.ts';

export function SignInPage() {
  const { state } = useSessionHolder();
  const [query] = useSearchParams();
  useEffect(() => {
    document.title = 'Sign in – Coffer';
  }, []);
  if (state.kind === 'asking') return <Waiting />;
  if (state.kind === 'in') return <Navigate to={addressInApp(query.get('to'))} replace />;
  return (
    <main className="sign-in">
      <SignInForm />
    </main>
  );
}

function SignInForm() {
  const { signIn } = useSessionHolder();
  const [accessKeyId, setAccessKeyId] = useState('');
  const [secretKey, setSecretKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [touched, setTouched] = useState(false);
  const [error, setError] = useState<unknown>();
  const waitSeconds = useCountdown(error instanceof AdminError ? error : undefined);

  const submit = async (): Promise<void> => {
    setTouched(true);
    if (accessKeyId.trim() === '' || secretKey === '' || busy || waitSeconds > 0) return;
    setBusy(true);
    try {
      await signIn(accessKeyId.trim(), secretKey);
    } catch (refused) {
      setSecretKey('');
      setTouched(false);
      setError(refused);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <SpaceBetween size="l">
        <Box variant="h1" textAlign="center">
          Coffer
        </Box>
        <Form
          actions={
            <Button variant="primary" formAction="submit" loading={busy} disabled={waitSeconds > 0}>
              Sign in
            </Button>
          }
        >
          <Container
            header={
              <Header variant="h2" description="With the access key that your programs use, too.">
                Sign in
              </Header>
            }
          >
            <SpaceBetween size="l">
              <Refused error={error} waitSeconds={waitSeconds} />
              <FormField
                label="Access key id"
                errorText={touched && accessKeyId.trim() === '' ? 'Enter an access key id.' : ''}
              >
                <Input
                  name="username"
                  value={accessKeyId}
                  onChange={({ detail }) => setAccessKeyId(detail.value)}
                  autoComplete="username"
                  spellcheck={false}
                  autoFocus
                />
              </FormField>
              <FormField
                label="Secret access key"
                errorText={touched && secretKey === '' ? 'Enter the secret access key.' : ''}
              >
                <Input
                  name="password"
                  type="password"
                  value={secretKey}
                  onChange={({ detail }) => setSecretKey(detail.value)}
                  autoComplete="current-password"
                />
              </FormField>
            </SpaceBetween>
          </Container>
        </Form>
      </SpaceBetween>
    </form>
  );
}

function Refused({
  error,
  waitSeconds,
}: {
  readonly error: unknown;
  readonly waitSeconds: number;
}) {
  if (error instanceof AdminError && error.code === 'TooManyAttempts') {
    return (
      <Alert type="warning" header="Too many attempts failed">
        {waitSeconds > 0
          ? `The next is looked at in ${plural(waitSeconds, 'second')}.`
          : 'You can try again now.'}
      </Alert>
    );
  }
  const reason = error instanceof AdminError ? error.message : reasonOf(error ?? '');
  if (error === undefined || reason === undefined) return null;
  return (
    <Alert type="error" header="You are not signed in">
      {reason}
    </Alert>
  );
}

function useCountdown(refused: AdminError | undefined): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const until = Date.now() + (refused?.retryAfterSeconds ?? 0) * 1000;
    const look = () => setSeconds(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    look();
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [refused]);
  return seconds;
}

/** Only ever a page of this console: `//elsewhere` and `https://elsewhere` are not. */
export function addressInApp(to: string | null): string {
  if (to === null || !to.startsWith('/')) return '/buckets';
  const { origin } = window.location;
  const url = URL.parse(to, origin);
  if (url === null || url.origin !== origin || url.pathname.startsWith('/sign-in')) {
    return '/buckets';
  }
  return url.pathname + url.search;
}
