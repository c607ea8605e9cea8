/** The black-box suites against a primary with two workers. */
import { blackBox } from './suites.ts';

await blackBox(2);
