namespace Umps.Tests.Collectives;

/// <summary>x → Factor x + Term over wrapping integers. Composition is associative and does not commute: what shows whether rank order is kept.</summary>
internal readonly record struct Affine(long Factor, long Term)
{
    public static readonly Op Compose = Op.Create<Affine>(Then, commutative: false, "compose");

    /// <summary>First one, then the other.</summary>
    public static Affine Then(Affine first, Affine second) =>
        unchecked(new Affine(first.Factor * second.Factor, first.Term * second.Factor + second.Term));

    /// <summary>The map of a rank for one element.</summary>
    public static Affine Of(int rank, int element) => new(2 * rank + 3, 17 * rank + element + 1);

    /// <summary>All ranks' maps in rank order.</summary>
    public static Affine OfAll(int ranks, int element)
    {
        Affine all = Of(0, element);
        for (int rank = 1; rank < ranks; rank++)
            all = Then(all, Of(rank, element));
        return all;
    }
}
