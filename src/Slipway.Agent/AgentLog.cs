using Microsoft.Extensions.Logging;

namespace Slipway.Agent;

/// <summary>What the agent logs; ids 2000 to 2099.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(2000, LogLevel.Information, "agent {Name} runs on {DataDirectory}; adopted {Instances} instances")]
    public static partial void Started(ILogger logger, string name, string dataDirectory, int instances);

    [LoggerMessage(2001, LogLevel.Error, "the record {File} cannot be read ({Why}); what it described is stopped")]
    public static partial void RecordUnreadable(ILogger logger, string file, string why);

    [LoggerMessage(2002, LogLevel.Error, "the wanted state {File} cannot be read ({Why}); it is kept as {Aside} and rebuilt from what runs")]
    public static partial void WantedUnreadable(ILogger logger, string file, string why, string aside);

    [LoggerMessage(2003, LogLevel.Warning, "refused what the server wants of {Resource}: {Why}")]
    public static partial void WantedRefused(ILogger logger, string resource, string why);

    [LoggerMessage(2004, LogLevel.Warning, "the server's snapshot lacks {Resource}; it is kept as it is until the server wants it otherwise")]
    public static partial void WantedMissing(ILogger logger, string resource);

    [LoggerMessage(2010, LogLevel.Information, "connected to {Server}, protocol {Version}, installation {Installation}")]
    public static partial void Connected(ILogger logger, Uri server, int version, string installation);

    [LoggerMessage(2011, LogLevel.Warning, "not connected to {Server}: {Why}; trying again until it is")]
    public static partial void NotConnected(ILogger logger, string server, string why);

    [LoggerMessage(2012, LogLevel.Error, "the server refuses this agent: {Why}")]
    public static partial void Refused(ILogger logger, string why);

    [LoggerMessage(2013, LogLevel.Warning, "the agent's token goes to {Server} unencrypted: use https between machines")]
    public static partial void TokenUnencrypted(ILogger logger, Uri server);

    [LoggerMessage(2014, LogLevel.Error, "a report of {Bytes} bytes does not fit into a frame even when shortened; it is not sent")]
    public static partial void ReportTooLarge(ILogger logger, int bytes);

    [LoggerMessage(2020, LogLevel.Information, "instance {Instance} of {VersionSet} started: pid {Pid}, port {Port}")]
    public static partial void InstanceStarted(ILogger logger, string instance, string versionSet, int pid, int? port);

    [LoggerMessage(2021, LogLevel.Information, "instance {Instance} of {VersionSet} adopted: pid {Pid}, port {Port}")]
    public static partial void InstanceAdopted(ILogger logger, string instance, string versionSet, int pid, int? port);

    [LoggerMessage(2022, LogLevel.Information, "instance {Instance} is {State}")]
    public static partial void InstanceState(ILogger logger, string instance, Slipway.Client.Agents.InstanceState state);

    [LoggerMessage(2023, LogLevel.Warning, "instance {Instance}: {Code}: {Reason}")]
    public static partial void InstanceFailure(ILogger logger, string instance, string code, string reason);

    [LoggerMessage(2024, LogLevel.Error, "instance {Instance} met a fault of the agent; going on in {Wait}")]
    public static partial void InstanceFault(ILogger logger, Exception fault, string instance, TimeSpan wait);

    [LoggerMessage(2025, LogLevel.Information, "instance {Instance} stopped")]
    public static partial void InstanceStopped(ILogger logger, string instance);

    [LoggerMessage(2030, LogLevel.Information, "artifact {Digest} is unpacked")]
    public static partial void ArtifactReady(ILogger logger, string digest);

    [LoggerMessage(2031, LogLevel.Error, "artifact {Digest} is refused: {Why}")]
    public static partial void ArtifactRefused(ILogger logger, string digest, string why);

    [LoggerMessage(2032, LogLevel.Information, "removed the unpacked artifact {Directory}, which nothing uses")]
    public static partial void ArtifactRemoved(ILogger logger, string directory);

    [LoggerMessage(2033, LogLevel.Error, "the disk that holds {Directory} is full: {Why}")]
    public static partial void DiskFull(ILogger logger, string directory, string why);

    [LoggerMessage(2040, LogLevel.Information, "router started: pid {Pid}")]
    public static partial void RouterStarted(ILogger logger, int pid);

    [LoggerMessage(2041, LogLevel.Information, "router in service: pid {Pid}, admin port {Port}, incarnation {Incarnation}")]
    public static partial void RouterReady(ILogger logger, int pid, int port, string incarnation);

    [LoggerMessage(2042, LogLevel.Warning, "the router does not serve: {Why}")]
    public static partial void RouterGone(ILogger logger, string why);

    [LoggerMessage(2043, LogLevel.Error, "the router refuses configuration {Sequence}: {Why}")]
    public static partial void RouterRefuses(ILogger logger, long sequence, string why);

    [LoggerMessage(2044, LogLevel.Warning, "the router still sends requests to {Endpoint} after {Waited}; stopping the instance anyway")]
    public static partial void RouterStillSends(ILogger logger, string endpoint, TimeSpan waited);

    [LoggerMessage(2060, LogLevel.Information, "job {Job} of {Run}, attempt {Attempt}, starts")]
    public static partial void JobStarted(ILogger logger, string run, string job, int attempt);

    [LoggerMessage(2061, LogLevel.Information, "job {Job} of {Run}, attempt {Attempt}, ended: {Outcome} {Reason}")]
    public static partial void JobEnded(ILogger logger, string run, string job, int attempt, Slipway.Client.Agents.ObservedOutcome? outcome, string? reason);

    [LoggerMessage(2062, LogLevel.Error, "job {Job} of {Run}, attempt {Attempt}, met a fault of the agent or its machine")]
    public static partial void JobFault(ILogger logger, Exception fault, string run, string job, int attempt);

    [LoggerMessage(2063, LogLevel.Warning, "the server takes no more of the log of job {Job} of {Run}, attempt {Attempt}; it has {Bytes} bytes")]
    public static partial void JobLogFull(ILogger logger, string run, string job, int attempt, long bytes);

    [LoggerMessage(2064, LogLevel.Error, "the server does not take the log of job {Job} of {Run}, attempt {Attempt}: {Why}")]
    public static partial void JobLogRefused(ILogger logger, string run, string job, int attempt, string why);

    [LoggerMessage(2067, LogLevel.Error, "the server does not take what job {Job} of {Run}, attempt {Attempt}, reported of tests: {Why}")]
    public static partial void JobTestsRefused(ILogger logger, string run, string job, int attempt, string why);

    [LoggerMessage(2065, LogLevel.Warning, "this agent runs no jobs: {Why}")]
    public static partial void NoJobs(ILogger logger, string why);

    [LoggerMessage(2068, LogLevel.Warning, "{Missing}")]
    public static partial void JobsNotLimited(ILogger logger, string missing);

    [LoggerMessage(2066, LogLevel.Information, "removed the repository {Directory}, which no job has needed for long")]
    public static partial void SourceRemoved(ILogger logger, string directory);

    [LoggerMessage(2069, LogLevel.Warning, "{File} is not what was written there, and is removed: see to the disk")]
    public static partial void KeptStateSpoilt(ILogger logger, string file);

    [LoggerMessage(2051, LogLevel.Error, "cannot follow what is wanted; trying again")]
    public static partial void FollowFailed(ILogger logger, Exception fault);

    [LoggerMessage(2050, LogLevel.Error, "housekeeping failed; it is tried again")]
    public static partial void HousekeepingFailed(ILogger logger, Exception fault);
}
