namespace Umps.Transport.Agents;

/// <summary>Where the credit of a payload goes back to that <see cref="HeldPayloads"/> has kept.</summary>
internal interface ICreditOwner
{
    /// <summary>Payload that was held has been released.</summary>
    /// <param name="peer">Its sender.</param>
    /// <param name="bytes">Its length.</param>
    void ReturnCredit(int peer, int bytes);
}
