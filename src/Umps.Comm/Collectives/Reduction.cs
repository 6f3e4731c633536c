using System;

namespace Umps.Collectives;

/// <summary>An operator for one type, over bytes: chosen once where the API is called, so that the algorithms know no type.</summary>
internal abstract class Reduction(int elementBytes)
{
    /// <summary>Bytes of an element; vectors are parted between elements.</summary>
    public int ElementBytes { get; } = elementBytes;

    /// <summary>Combines element by element.</summary>
    /// <param name="lower">What comes from the lower ranks.</param>
    /// <param name="higher">What comes from the higher ranks; as long.</param>
    /// <param name="result">As long; may be <paramref name="lower"/> or <paramref name="higher"/> itself, but not lie across them.</param>
    public abstract void Combine(ReadOnlySpan<byte> lower, ReadOnlySpan<byte> higher, Span<byte> result);

    /// <summary>Combines what came from another rank into one's own vector.</summary>
    /// <param name="vector">One's own, and the result.</param>
    /// <param name="incoming">The other's.</param>
    /// <param name="mineFirst">True when one's own comes from the lower ranks.</param>
    public void Combine(Span<byte> vector, ReadOnlySpan<byte> incoming, bool mineFirst)
    {
        if (mineFirst)
            Combine(vector, incoming, vector);
        else
            Combine(incoming, vector, vector);
    }
}
