/** Small parts that many pages share. */
import type { ComponentChildren } from "preact";
import { initialsOf, pictureHref } from "../lib/pictures.ts";
import { Icon, type IconName } from "./icon.tsx";

export interface Crumb {
  readonly href: string;
  readonly label: string;
}

export function PageHead({ title, note, crumbs = [], children }: {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly crumbs?: readonly Crumb[];
  readonly children?: ComponentChildren;
}) {
  return (
    <header class="page-head">
      <div class="page-head-text">
        {crumbs.length > 0 && (
          <ol class="crumbs">
            {crumbs.map(({ href, label }) => (
              <li key={href}>
                <a href={href}>{label}</a>
              </li>
            ))}
          </ol>
        )}
        <h1>{title}</h1>
        {note !== undefined && <p class="muted">{note}</p>}
      </div>
      {children !== undefined && <div class="actions">{children}</div>}
    </header>
  );
}

export function Card({ title, actions, children }: {
  readonly title?: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="card">
      {title !== undefined && (
        <div class="card-head">
          <h2>{title}</h2>
          {actions}
        </div>
      )}
      <div class="card-body">{children}</div>
    </section>
  );
}

const TONES = 6;

/** A picture, or the initials of the name in a colour of its own. */
export function Avatar({ id, name, avatar, size = "small" }: {
  readonly id: number;
  readonly name: string;
  readonly avatar: string;
  readonly size?: "small" | "large";
}) {
  const kind = size === "large" ? "avatar avatar-large" : "avatar";
  const href = pictureHref(avatar);
  if (href !== null) return <img class={kind} src={href} alt="" loading="lazy" />;
  return <span class={`${kind} tone-${id % TONES}`} aria-hidden="true">{initialsOf(name)}</span>;
}

export type Tone = "good" | "bad" | "warn" | "accent" | "plain";

export function Badge({ tone = "plain", children }: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}) {
  return <span class={`badge badge-${tone}`}>{children}</span>;
}

export function Empty({ icon, title, children }: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}
