namespace Slipway.Agent.Jobs;

/// <summary>The agent cannot do its part of an attempt. The message is the outcome's reason: what is wrong, and what to do.</summary>
internal sealed class JobFaultException(string message, Exception? inner = null) : Exception(message, inner);
