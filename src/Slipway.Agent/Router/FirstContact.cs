namespace Slipway.Agent.Router;

/// <summary>
/// Whether an instance of a version set has been connected to. It matters for what the router began with as saved: what ran may have been stopped with the router, and until it
/// is back, requests that find nobody say nothing of the version.
/// </summary>
internal sealed class FirstContact(bool isMade)
{
    private volatile bool isMade = isMade;

    public bool IsMade => isMade;

    public void Make()
    {
        if (!isMade)
        {
            isMade = true;
        }
    }
}
