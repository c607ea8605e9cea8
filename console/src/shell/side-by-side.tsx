import type { ReactNode } from 'react';
import './side-by-side.css';

/** As many beside each other as there is room for, of equal height. */
export function SideBySide({ children }: { readonly children: ReactNode }) {
  return <div className="side-by-side">{children}</div>;
}
