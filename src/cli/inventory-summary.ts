/** The inventory, counted: what protects how much, under which key version, and where. */
import type { InventoryEntryReport } from '../admin/contract.ts';
import { table } from './output.ts';

interface Count {
  versions: number;
  bytes: number;
}

/** Delete markers have no bytes to protect, and are counted for themselves. */
export class InventorySummary {
  readonly #all = { versions: 0, deleteMarkers: 0, bytes: 0 };
  readonly #protections = new Map<string, Count & { protection: string; keyVersion: number }>();
  readonly #buckets = new Map<string, Count & { bucket: string; deleteMarkers: number }>();

  add({ bucket, protection, keyVersion, deleteMarker, size }: InventoryEntryReport): void {
    const place = this.#buckets.get(bucket) ?? { bucket, versions: 0, deleteMarkers: 0, bytes: 0 };
    this.#buckets.set(bucket, place);
    if (deleteMarker) {
      this.#all.deleteMarkers += 1;
      place.deleteMarkers += 1;
      return;
    }
    const name = `${protection}/${keyVersion}`;
    const known = this.#protections.get(name);
    const group = known ?? { protection, keyVersion, versions: 0, bytes: 0 };
    this.#protections.set(name, group);
    for (const count of [this.#all, place, group]) {
      count.versions += 1;
      count.bytes += size ?? 0;
    }
  }

  json(): object {
    return { ...this.#all, protections: this.#groups(), buckets: [...this.#buckets.values()] };
  }

  text(): string {
    const nothing = 'There are no object versions.';
    const groups = this.#groups().map(({ protection, keyVersion, versions, bytes }) => {
      return [protection, String(keyVersion), number(versions), number(bytes)];
    });
    const places = [...this.#buckets.values()].map(({ bucket, versions, deleteMarkers, bytes }) => {
      return [bucket, number(versions), number(deleteMarkers), number(bytes)];
    });
    const first = table(['PROTECTION', 'KEY VERSION', 'VERSIONS', 'BYTES'], groups, nothing);
    if (places.length === 0) return first;
    const { versions, deleteMarkers, bytes } = this.#all;
    const total = ['all', number(versions), number(deleteMarkers), number(bytes)];
    const headings = ['BUCKET', 'VERSIONS', 'DELETE MARKERS', 'BYTES'];
    return `${first}\n${table(headings, [...places, total], nothing)}`;
  }

  #groups() {
    return [...this.#protections.values()].toSorted(
      (a, b) => a.protection.localeCompare(b.protection, 'en') || a.keyVersion - b.keyVersion,
    );
  }
}

const number = (value: number): string => value.toLocaleString('en-US');
