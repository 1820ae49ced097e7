import { Link } from 'react-router';

export const releaseAddress = (service: string, version: string): string => `/services/${encodeURIComponent(service)}/releases/${encodeURIComponent(version)}`;

/** A version, where it is named, leads to its release. */
export function ReleaseLink({ service, version, className, children = version }: { service: string; version: string; className?: string; children?: React.ReactNode }) {
  return <Link to={releaseAddress(service, version)} className={className}>{children}</Link>;
}
