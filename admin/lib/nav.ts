/** The pages of the navigation, and the least role that each is for. */
import type { IconName } from "../components/icon.tsx";
import { mayReadMessages } from "./access.ts";
import { mayAct, type Me, type Role } from "./api.ts";
import type { TextKey } from "./i18n/mod.ts";

interface NavItem {
  readonly href: string;
  readonly label: TextKey;
  readonly icon: IconName;
  readonly least: Role;
}

const NAVIGATION: readonly NavItem[] = [
  { href: "/", label: "nav.dashboard", icon: "dashboard", least: "read_only" },
  { href: "/users", label: "nav.users", icon: "users", least: "read_only" },
  { href: "/departments", label: "nav.departments", icon: "departments", least: "read_only" },
  { href: "/groups", label: "nav.groups", icon: "groups", least: "read_only" },
  { href: "/messages", label: "nav.messages", icon: "messages", least: "manager" },
  { href: "/admins", label: "nav.admins", icon: "admins", least: "read_only" },
  { href: "/audit", label: "nav.audit", icon: "audit", least: "owner" },
  { href: "/settings", label: "nav.settings", icon: "settings", least: "read_only" },
  { href: "/about", label: "nav.about", icon: "about", least: "read_only" },
];

/** The pages that somebody can use; that of messages only where the configuration allows it. */
export function navigationOf(me: Me): readonly NavItem[] {
  return NAVIGATION.filter(({ href, least }) =>
    mayAct(me.role, least) && (href !== "/messages" || mayReadMessages(me))
  );
}

/** Whether a page is `href` or below it. */
export function isWithin(pathname: string, href: string): boolean {
  return href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
}
