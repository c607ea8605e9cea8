/**
 * Every plain link to a page of the console, whichever component drew it, is followed without loading
 * the app again. Links with a modifier key, another target or `download` are the browser's.
 */
import { useEffect } from 'react';
import { useNavigate } from 'react-router';

export function useLinksInApp(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const follow = (event: MouseEvent): void => {
      const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
      if (event.defaultPrevented || event.button !== 0 || modified) return;
      const anchor = event.target instanceof Element ? event.target.closest('a') : null;
      if (anchor === null || anchor.hasAttribute('download')) return;
      const href = anchor.getAttribute('href');
      if (href === null || !href.startsWith('/') || href.startsWith('//')) return;
      if (anchor.target !== '' && anchor.target !== '_self') return;
      event.preventDefault();
      void navigate(href);
    };
    document.addEventListener('click', follow);
    return () => document.removeEventListener('click', follow);
  }, [navigate]);
}
