import { UploadQueue } from './queue.ts';

/** The uploads of this tab: they go on while one looks at other pages. */
export const uploads = new UploadQueue();
