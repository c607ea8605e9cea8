/** The rows as the rooms above read them; how they are sealed is FORMAT.md §4. */

/** All reads of it see one moment of the store. Dispose it as soon as the rows are read. */
export interface RowView extends Disposable {
  /** The master key version that seals anew at this moment. */
  readonly currentVersion: number;
}
