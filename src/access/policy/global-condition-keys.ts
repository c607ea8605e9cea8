/** The global half of the condition keys (`aws:` and AWS's cross-service ones): see `condition-keys.ts`. */
import type { ConditionKey } from './condition-keys.ts';

const supported = (name: string, type: ConditionKey['type'], note: string): ConditionKey => ({
  name,
  type,
  support: 'supported',
  note,
});

const refused = (
  names: string,
  note: string,
  type: ConditionKey['type'] = 'String',
): ConditionKey[] => names.split(' ').map((name) => ({ name, type, support: 'refused', note }));

const longTerm = 'always absent, as at AWS for long-term credentials: Coffer has no others';
const noServices = 'Coffer has no services that call on behalf of others';
const noOrganizations = 'Coffer has no organizations';
const noVpc = 'Coffer has no VPC endpoints';
const noSessions = 'Coffer has no temporary credentials that would carry it';
const noTags = 'Coffer has no access by resource tag';

export const globalKeys: readonly ConditionKey[] = [
  supported('aws:PrincipalArn', 'ARN', 'the ARN of the root or user; absent for the anonymous'),
  supported('aws:PrincipalAccount', 'String', 'the account id; `anonymous` for the anonymous'),
  supported('aws:PrincipalType', 'String', '`Account`, `User` or `Anonymous`'),
  supported(
    'aws:userid',
    'String',
    "the user's unique id, the account id for a root; absent for the anonymous",
  ),
  supported('aws:username', 'String', "the user's name; absent for a root and for the anonymous"),
  supported(
    'aws:PrincipalTag/<key>',
    'String',
    'always absent, as at AWS for an untagged user: users have no tags',
  ),
  supported('aws:PrincipalIsAWSService', 'Bool', '`false`'),
  supported('aws:ViaAWSService', 'Bool', '`false`'),
  supported('aws:MultiFactorAuthPresent', 'Bool', longTerm),
  supported('aws:MultiFactorAuthAge', 'Numeric', longTerm),
  supported('aws:TokenIssueTime', 'Date', longTerm),
  supported(
    'aws:SourceIp',
    'IPAddress',
    "the client's address; from `X-Forwarded-For` only behind a trusted proxy",
  ),
  supported(
    'aws:SecureTransport',
    'Bool',
    'whether TLS was used; from `X-Forwarded-Proto` only behind a trusted proxy',
  ),
  supported('aws:CurrentTime', 'Date', 'when the request arrived'),
  supported('aws:EpochTime', 'Date', 'when the request arrived, in epoch seconds'),
  supported('aws:UserAgent', 'String', 'header `User-Agent`'),
  supported('aws:referer', 'String', 'header `Referer`'),
  supported('aws:RequestedRegion', 'String', "the server's region"),
  supported('aws:ResourceAccount', 'String', "the bucket's account id"),
  ...refused('aws:PrincipalOrgID aws:ResourceOrgID aws:SourceOrgID aws:VpceOrgID', noOrganizations),
  ...refused(
    'aws:PrincipalOrgPaths aws:ResourceOrgPaths aws:SourceOrgPaths aws:VpceOrgPaths',
    noOrganizations,
    'ArrayOfString',
  ),
  ...refused('aws:SourceVpc aws:SourceVpcArn aws:SourceVpce aws:VpceAccount', noVpc),
  ...refused('aws:VpcSourceIp', noVpc, 'IPAddress'),
  ...refused(
    'aws:PrincipalServiceName aws:SourceAccount aws:SourceOwner aws:CalledViaFirst aws:CalledViaLast aws:CalledViaAWSMCP',
    noServices,
  ),
  ...refused('aws:PrincipalServiceNamesList aws:CalledVia', noServices, 'ArrayOfString'),
  ...refused('aws:SourceArn', noServices, 'ARN'),
  ...refused('aws:ViaAWSMCPService aws:IsMcpServiceAction', noServices, 'Bool'),
  ...refused(
    'aws:FederatedProvider aws:SourceIdentity aws:Ec2InstanceSourceVpc glue:RoleAssumedBy glue:CredentialIssuingService identitystore:UserId',
    noSessions,
  ),
  ...refused('aws:AssumedRoot', noSessions, 'Bool'),
  ...refused('aws:Ec2InstanceSourcePrivateIPv4', noSessions, 'IPAddress'),
  ...refused(
    'aws:ChatbotSourceArn ec2:SourceInstanceArn lambda:SourceFunctionArn ssm:SourceInstanceArn',
    noSessions,
    'ARN',
  ),
  ...refused('ec2:RoleDelivery', noSessions, 'Numeric'),
  ...refused('aws:ResourceTag/<key> aws:RequestTag/<key>', noTags),
  ...refused('aws:TagKeys', noTags, 'ArrayOfString'),
];
