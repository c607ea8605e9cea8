/** A page: its heading, its place in the breadcrumbs, its content. */
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { useTrail, type Trail } from './trail.tsx';

export interface PageBodyProps {
  readonly title: string;
  /** From the top, this page last. */
  readonly trail: Trail;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  /** Without a heading of its own, for a page whose table is the page and has the h1. */
  readonly bare?: boolean;
  readonly children: ReactNode;
}

export function PageBody(props: PageBodyProps) {
  const { title, trail, description, actions, bare, children } = props;
  useTrail(trail, title);
  const body = <SpaceBetween size="l">{children}</SpaceBetween>;
  if (bare === true) return body;
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={description} actions={actions}>
          {title}
        </Header>
      }
    >
      {body}
    </ContentLayout>
  );
}
