/** One user: who it is, what it may, its keys. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useState } from 'react';
import { useNavigate } from 'react-router';
import { admin } from '../../api/admin.ts';
import { PolicyEditor } from '../../policy/policy-editor.tsx';
import { userTemplates } from '../../policy/templates.ts';
import { Ask } from '../../shell/ask.tsx';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useNotices } from '../../shell/notices.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { useMay } from '../../shell/session.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { Waiting } from '../../shell/waiting.tsx';
import { timeText } from '../../text/times.ts';
import { KeysTable } from './keys-table.tsx';
import { accountAddress, userAddress } from './names.ts';

export function UserView({ account, user }: { readonly account: string; readonly user: string }) {
  const load = useCallback(
    (signal: AbortSignal) =>
      admin('GET /admin/v1/accounts/{account}/users/{user}', { path: { account, user }, signal }),
    [account, user],
  );
  const { value: report, error, reload } = useLoaded(load);
  const [deleting, setDeleting] = useState(false);
  const may = useMay();
  const notices = useNotices();
  const navigate = useNavigate();

  const setPolicy = async (policy: string | null): Promise<void> => {
    const sent = { path: { account, user }, body: { policy } };
    await admin('PUT /admin/v1/accounts/{account}/users/{user}/policy', sent);
    notices.done(`The policy of ${user} is ${policy === null ? 'removed' : 'saved'}.`);
    reload();
  };
  const remove = async (): Promise<void> => {
    const path = { account, user };
    await admin('DELETE /admin/v1/accounts/{account}/users/{user}', { path });
    notices.done(`The user ${user} is deleted.`);
    await navigate(accountAddress(account));
  };

  return (
    <PageBody
      title={user}
      trail={[
        { text: 'Accounts', href: '/accounts' },
        { text: account, href: accountAddress(account) },
        { text: user, href: userAddress(account, user) },
      ]}
      description={`User of the account ${account}`}
      actions={
        may('DeleteUser') && report !== undefined ? (
          <Button onClick={() => setDeleting(true)}>Delete user</Button>
        ) : null
      }
    >
      <ErrorBox what="The user could not be shown" error={error} retry={reload} />
      {report === undefined && error === undefined ? <Waiting /> : null}
      {report === undefined ? null : (
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">User</Header>}>
            <KeyValuePairs
              columns={3}
              items={[
                { label: 'ARN', value: <span className="exact">{report.arn}</span> },
                { label: 'Id', value: <span className="exact">{report.id}</span> },
                { label: 'Created', value: timeText(report.createdAt) },
              ]}
            />
          </Container>
          <Container
            header={
              <Header
                variant="h2"
                description="What the user may do. Without one, it may do what bucket policies let it."
              >
                Policy
              </Header>
            }
          >
            {may('SetUserPolicy') ? (
              <PolicyEditor
                label={`Policy of ${user}`}
                policy={report.policy}
                templates={userTemplates}
                onSave={setPolicy}
                onRemove={() => setPolicy(null)}
              />
            ) : (
              <pre className="exact">{report.policy ?? 'None.'}</pre>
            )}
          </Container>
          <KeysTable account={account} user={user} />
        </SpaceBetween>
      )}
      {deleting ? (
        <Ask
          header="Delete user"
          action="Delete user"
          failed="The user is not deleted"
          name={user}
          onClose={() => setDeleting(false)}
          run={remove}
        >
          <Box>
            Its access keys and its policy go with it. Objects that it wrote belong to the account
            and stay.
          </Box>
        </Ask>
      ) : null}
    </PageBody>
  );
}
