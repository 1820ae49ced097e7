namespace Slipway.Engine.Ports;

/// <summary>The key under which secrets are kept in the store; it is never in the store itself.</summary>
public interface ISecretKey
{
    /// <summary>Where it is, for people.</summary>
    string Place { get; }

    /// <summary>32 bytes; null: none was made yet.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be read, or is no key.</exception>
    byte[]? Read();

    /// <summary>Likewise; made if there is none, and on the disk when this returns.</summary>
    byte[] ReadOrMake();
}
