/** The breadcrumbs: a page says where it stands, the layout shows it. */
import type { BreadcrumbGroupProps } from '@cloudscape-design/components/breadcrumb-group';
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';

export type Trail = readonly BreadcrumbGroupProps.Item[];

const Shown = createContext<Trail>([]);
const Setter = createContext<(trail: Trail) => void>(() => undefined);

export function TrailProvider({ children }: { readonly children: ReactNode }) {
  const [trail, setTrail] = useState<Trail>([]);
  return (
    <Setter value={setTrail}>
      <Shown value={trail}>{children}</Shown>
    </Setter>
  );
}

export function useShownTrail(): Trail {
  return useContext(Shown);
}

/** Also the title of the browser's tab. */
export function useTrail(trail: Trail, title: string): void {
  const setTrail = useContext(Setter);
  const text = JSON.stringify(trail);
  const kept = useMemo(() => JSON.parse(text) as Trail, [text]);
  useEffect(() => setTrail(kept), [setTrail, kept]);
  useEffect(() => {
    document.title = title === 'Coffer' ? title : `${title} – Coffer`;
  }, [title]);
}
