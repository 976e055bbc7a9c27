/** A user in a table: picture, name, and the way to their page. */
import { Avatar } from "./parts.tsx";

export function Person({ id, name, nick, avatar }: {
  readonly id: number;
  readonly name: string;
  readonly nick: string;
  readonly avatar: string;
}) {
  const shown = nick || name;
  return (
    <a class="person" href={`/users/${id}`}>
      <Avatar id={id} name={shown} avatar={avatar} />
      <span class="person-text">
        <strong>{shown}</strong>
        <span class="small muted">{name}</span>
      </span>
    </a>
  );
}
