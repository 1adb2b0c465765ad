import type { Live } from "../live.ts";

// The right edge is this much behind the node's clock, so that what reaches it has arrived.
const delay = 240;
// How long the river takes to catch up after it was held under the pointer.
const easing = 350;

/** Flow decides which moment is at the right edge, and when to paint. */
export class Flow {
  private held: number | undefined;
  private gripped: number | undefined;
  private lag = 0;
  private last = 0;

  constructor(private readonly live: Live, private readonly paint: (now: number, clock: number | undefined) => void) {}

  /** start paints from now on, as long as the page is seen; what it returns ends that. */
  start(): () => void {
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    let request = 0;
    let timer = 0;
    const step = (clock: number): void => {
      this.last = clock;
      this.paint(this.now(clock), clock);
      if (!still.matches) request = requestAnimationFrame(step);
    };
    // Without motion, the picture is renewed every two seconds: nothing slides.
    const renew = (): void => {
      if (still.matches && document.visibilityState === "visible") this.paint(this.now(performance.now()), undefined);
    };
    const begin = (): void => {
      cancelAnimationFrame(request);
      clearInterval(timer);
      if (still.matches) {
        renew();
        timer = window.setInterval(renew, 2000);
      } else {
        request = requestAnimationFrame(step);
      }
    };
    still.addEventListener("change", begin);
    begin();
    return () => {
      cancelAnimationFrame(request);
      clearInterval(timer);
      still.removeEventListener("change", begin);
    };
  }

  /** hold stops the picture until it is released; the feed goes on. */
  hold(on: boolean): void {
    this.held = on ? this.now(performance.now()) : undefined;
  }

  /** grip holds it while the pointer is on a mark. */
  grip(on: boolean): void {
    if (on && this.gripped === undefined) this.gripped = this.now(performance.now());
    if (!on && this.gripped !== undefined) {
      this.lag = this.free(performance.now()) - this.gripped;
      this.gripped = undefined;
    }
  }

  private now(clock: number): number {
    if (this.held !== undefined) return this.held;
    if (this.gripped !== undefined) return this.gripped;
    if (this.lag > 0) this.lag = Math.max(0, this.lag - Math.max(4, this.lag * Math.min(1, Math.max(1, clock - this.last) / easing)));
    return this.free(clock) - this.lag;
  }

  // Time stands still soon after the feed falls silent: an empty river would say that nothing was ordered.
  private free(clock: number): number {
    return Math.min(clock, this.live.lastFrame + 900) + this.live.river.offset - delay;
  }
}
