/**
 * The pushes of one service that wait to be sent. No time, no network: the courier drives it.
 *
 * A *device* is a token with the pushes that wait for it, oldest first; it exists only while there
 * are some. It is *ready*, in a ring from which the next push is taken, so that devices take turns,
 * or it *rests* until a time: its rate is used up, or the service has asked for patience. Across
 * devices all waiting pushes are also known by age, which is how the oldest is found when there are
 * too many.
 *
 * Two pushes of one device with the same topic never wait together: the newer one has the newer
 * text and badge, and one alert about a conversation is enough for somebody who could not be
 * reached anyway.
 */
import type { QueuedPush } from "../services/push_service.ts";
import type { DeviceRate } from "../state/device_rate.ts";

/** Pushes that wait for one device at most; the oldest makes room for a further one. */
export const MAX_DEVICE_PUSHES = 16;

interface Device {
  readonly token: string;
  readonly pushes: QueuedPush[];
  /** Not before this time, whatever its rate says. */
  restUntilMs: number;
}

export class PushQueue {
  readonly #maxPushes: number;
  readonly #rate: DeviceRate;
  readonly #devices = new Map<string, Device>();
  readonly #ready = new Set<Device>();
  readonly #resting = new Map<Device, number>();
  #nextWakeMs = Infinity;
  /** Every waiting push, the one that has waited longest first. */
  readonly #byAge = new Set<QueuedPush>();

  /** When more than `maxPushes` wait, those that have waited longest are dropped. */
  constructor(maxPushes: number, rate: DeviceRate) {
    this.#maxPushes = maxPushes;
    this.#rate = rate;
  }

  /** Pushes that wait. */
  get size(): number {
    return this.#byAge.size;
  }

  /** Whether a push could be taken now. */
  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  /** When to call {@link wake}: no resting device is due before. `Infinity` when none rests. */
  get nextWakeMs(): number {
    return this.#resting.size === 0 ? Infinity : this.#nextWakeMs;
  }

  /** Adds a new push. Returns how many older ones it `replaced` and how many had to be `dropped`. */
  add(push: QueuedPush, nowMs: number): { readonly replaced: number; readonly dropped: number } {
    const device = this.#device(push.order.token);
    const sizeBefore = this.size;
    this.#remove(device, device.pushes.filter((other) => isSameTopic(other, push)));
    const replaced = sizeBefore - this.size;
    if (device.pushes.length === MAX_DEVICE_PUSHES) this.#remove(device, [device.pushes[0]!]);
    device.pushes.push(push);
    this.#byAge.add(push);
    this.#place(device, nowMs);
    this.#dropOldest();
    return { replaced, dropped: sizeBefore + 1 - replaced - this.size };
  }

  /** Takes the next push that may go out, and `expired` ones it came across on the way. */
  take(nowMs: number): { readonly push: QueuedPush | null; readonly expired: number } {
    let expired = 0;
    for (const device of this.#ready) {
      this.#ready.delete(device); // To get its next turn after all others.
      const over = device.pushes.filter((push) => push.expiresAtMs <= nowMs);
      expired += over.length;
      this.#remove(device, over);
      const [push] = device.pushes;
      if (push !== undefined) {
        this.#remove(device, [push]);
        this.#rate.take(device.token, nowMs);
      }
      this.#place(device, nowMs);
      if (push !== undefined) return { push, expired };
    }
    return { push: null, expired };
  }

  /**
   * Puts a push that was tried in vain first in its device's line, unless a newer one of its topic
   * has come meanwhile. The device rests until `restUntilMs`; 0 when it is not to blame. Returns
   * how many pushes had to be dropped, by which it may have been itself.
   */
  giveBack(
    push: QueuedPush,
    { nowMs, restUntilMs }: { readonly nowMs: number; readonly restUntilMs: number },
  ): { readonly replaced: number; readonly dropped: number } {
    const device = this.#device(push.order.token);
    device.restUntilMs = Math.max(device.restUntilMs, restUntilMs);
    const isReplaced = device.pushes.some((other) => isSameTopic(other, push));
    const hasRoom = device.pushes.length < MAX_DEVICE_PUSHES;
    const sizeBefore = this.size;
    if (hasRoom && !isReplaced) {
      device.pushes.unshift(push);
      this.#byAge.add(push);
    }
    this.#place(device, nowMs);
    this.#dropOldest();
    const replaced = isReplaced ? 1 : 0;
    return { replaced, dropped: sizeBefore + 1 - replaced - this.size };
  }

  /** Drops what waits for a token that is not valid any more. Returns how many pushes that were. */
  dropDevice(token: string): number {
    const device = this.#devices.get(token);
    if (device === undefined) return 0;
    const count = device.pushes.length;
    this.#remove(device, [...device.pushes]);
    this.#place(device, 0);
    return count;
  }

  /** Makes the devices ready whose rest is over. */
  wake(nowMs: number): void {
    this.#nextWakeMs = Infinity;
    for (const [device, dueMs] of this.#resting) {
      if (dueMs <= nowMs) this.#place(device, nowMs);
      else this.#nextWakeMs = Math.min(this.#nextWakeMs, dueMs);
    }
  }

  /** Drops everything. Returns how many pushes that were. */
  clear(): number {
    const count = this.size;
    for (const all of [this.#devices, this.#ready, this.#resting, this.#byAge]) all.clear();
    return count;
  }

  #device(token: string): Device {
    const known = this.#devices.get(token);
    if (known !== undefined) return known;
    const device: Device = { token, pushes: [], restUntilMs: 0 };
    this.#devices.set(token, device);
    return device;
  }

  /** Puts the device where it belongs now: away, to rest, or in the ring, where it keeps its turn. */
  #place(device: Device, nowMs: number): void {
    const dueMs = Math.max(device.restUntilMs, this.#rate.readyAtMs(device.token));
    const isEmpty = device.pushes.length === 0;
    if (isEmpty || dueMs > nowMs) this.#ready.delete(device);
    else this.#ready.add(device);
    if (isEmpty || dueMs <= nowMs) this.#resting.delete(device);
    else {
      this.#resting.set(device, dueMs);
      this.#nextWakeMs = Math.min(this.#nextWakeMs, dueMs);
    }
    if (isEmpty) this.#devices.delete(device.token);
  }

  #remove(device: Device, pushes: readonly QueuedPush[]): void {
    for (const push of pushes) {
      device.pushes.splice(device.pushes.indexOf(push), 1);
      this.#byAge.delete(push);
    }
  }

  #dropOldest(): void {
    for (const push of this.#byAge) {
      if (this.size <= this.#maxPushes) return;
      const device = this.#devices.get(push.order.token)!;
      this.#remove(device, [push]);
      if (device.pushes.length === 0) this.#place(device, 0);
    }
  }
}

function isSameTopic(one: QueuedPush, other: QueuedPush): boolean {
  return one.topic !== null && one.topic === other.topic;
}
