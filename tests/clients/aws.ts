/** The AWS CLI of one build, bound to a server and to one identity's keys. */
import { join } from 'node:path';

import { writeText } from './bodies.ts';
import { attempt, refused, run, virtualEnvironment } from './program.ts';
import { type Stage, clientEnvironment } from './suite.ts';
import type { Credentials, Site } from './site.ts';

export interface AwsBuild {
  readonly name: string;
  readonly program: string;
  /** Start of `aws --version`. */
  readonly version: string;
  /** Knows If-None-Match and default checksums, which came in 2024 and 2025. */
  readonly recent: boolean;
}

/** From PyPI, pinned in requirements.txt: the builds people install today. */
export const pypiBuild: AwsBuild = {
  name: 'aws-cli',
  program: join(virtualEnvironment, 'aws'),
  version: 'aws-cli/1.46.3 ',
  recent: true,
};

/** Debian 12's: from before default checksums, so its requests look as they did for ten years. */
export const debianBuild: AwsBuild = {
  name: 'aws-cli-debian',
  program: '/usr/bin/aws',
  version: 'aws-cli/2.9.',
  recent: false,
};

export interface Aws {
  /** Must succeed; returns what it printed. */
  (...args: string[]): Promise<string>;
  /** Must succeed; returns the JSON it printed, `{}` for nothing. */
  json(...args: string[]): Promise<Record<string, unknown>>;
  /** Must fail; returns what it said. */
  refused(...args: string[]): Promise<string>;
  /** Its whole answer, whatever its exit code. */
  attempt(...args: string[]): ReturnType<typeof attempt>;
}

/** The CLI as root of the stage's server, or as someone else or on another server. */
export function awsCli(
  build: AwsBuild,
  stage: Stage,
  { site = stage.site, who = site.root }: { site?: Site; who?: Credentials } = {},
): Aws {
  // boto's SigV2 is still its default for presigned links where the region is us-east-1.
  const config = writeText(
    join(stage.folder, 'aws-config'),
    '[default]\ns3 =\n    signature_version = s3v4\n',
  );
  const env = { ...clientEnvironment(stage, who), AWS_CONFIG_FILE: config };
  const command = (args: readonly string[]): string[] => [
    build.program,
    '--endpoint-url',
    site.url,
    ...args,
  ];
  const aws = (...args: string[]): Promise<string> => run(command(args), { env });
  return Object.assign(aws, {
    json: async (...args: string[]) => {
      const text = await aws(...args, '--output', 'json');
      return JSON.parse(text.trim() === '' ? '{}' : text) as Record<string, unknown>;
    },
    refused: (...args: string[]) => refused(command(args), { env }),
    attempt: (...args: string[]) => attempt(command(args), { env }),
  });
}
