/** One account, or, with `?user=NAME` in the address, one of its users. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useCallback, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import type { AccountReport, SessionReport } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { Ask } from '../../shell/ask.tsx';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useNotices } from '../../shell/notices.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { useMay, useSession } from '../../shell/session.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { timeText } from '../../text/times.ts';
import { KeysTable } from './keys-table.tsx';
import { accountAddress } from './names.ts';
import { UserView } from './user-view.tsx';
import { UsersTable } from './users-table.tsx';

export function AccountPage() {
  const { account = '' } = useParams();
  const [query] = useSearchParams();
  const user = query.get('user');
  if (user !== null) return <UserView key={`${account}/${user}`} account={account} user={user} />;
  return <AccountView key={account} account={account} />;
}

function AccountView({ account }: { readonly account: string }) {
  const may = useMay();
  const session = useSession();
  const navigate = useNavigate();
  const notices = useNotices();
  const [deleting, setDeleting] = useState(false);
  const mayGet = may('GetAccount');
  const own = session.account === account;
  // The root of another account than the default one knows its own from the session.
  const load = useCallback(
    async (signal: AbortSignal) =>
      mayGet ? admin('GET /admin/v1/accounts/{account}', { path: { account }, signal }) : undefined,
    [account, mayGet],
  );
  const { value: report, error, reload } = useLoaded(load);
  const remove = async (): Promise<void> => {
    await admin('DELETE /admin/v1/accounts/{account}', { path: { account } });
    notices.done(`The account ${account} is deleted.`);
    await navigate('/accounts');
  };

  return (
    <PageBody
      title={account}
      trail={[
        { text: 'Accounts', href: '/accounts' },
        { text: account, href: accountAddress(account) },
      ]}
      description={own ? 'Your account' : 'Account'}
      actions={
        may('DeleteAccount') && !own ? (
          <Button onClick={() => setDeleting(true)}>Delete account</Button>
        ) : null
      }
    >
      <ErrorBox what="The account could not be shown" error={error} retry={reload} />
      <Facts report={report} session={own ? session : undefined} />
      {may('ListUsers') ? <UsersTable account={account} /> : null}
      {may('ListAccessKeys') ? <KeysTable account={account} user={undefined} /> : null}
      {may('ListUsers') || may('ListAccessKeys') ? null : (
        <Alert type="info" header="Users and access keys are not yours to see">
          The root of the account, and users whose policy allows coffer:ListUsers, look after them.
        </Alert>
      )}
      {deleting ? (
        <Ask
          header="Delete account"
          action="Delete account"
          failed="The account is not deleted"
          name={account}
          onClose={() => setDeleting(false)}
          run={remove}
        >
          <Box>
            Its root keys go with it. It must have no users and no buckets left: the server refuses
            otherwise.
          </Box>
        </Ask>
      ) : null}
    </PageBody>
  );
}

function Facts({
  report,
  session,
}: {
  readonly report: AccountReport | undefined;
  readonly session: SessionReport | undefined;
}) {
  const id = report?.id ?? session?.accountId;
  const canonicalId = report?.canonicalId ?? session?.canonicalId;
  if (id === undefined) return null;
  return (
    <Container header={<Header variant="h2">Account</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Account id', value: <span className="exact">{id}</span> },
          { label: 'Canonical user id', value: <span className="exact">{canonicalId}</span> },
          {
            label: 'Created',
            value: report === undefined ? '–' : timeText(report.createdAt),
          },
        ]}
      />
    </Container>
  );
}
