/** The black-box suites against a server of one process. */
import { blackBox } from './suites.ts';

await blackBox(1);
