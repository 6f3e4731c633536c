namespace Umps.Bench;

/// <summary>What object_latency sends: a few fields and enough numbers to fill the size.</summary>
/// <param name="Id">A number.</param>
/// <param name="Name">A text.</param>
/// <param name="Values">Nine bytes each when serialised.</param>
public sealed record BenchRecord(int Id, string Name, double[] Values)
{
    private const int HeadBytes = 48, ValueBytes = 9;

    /// <summary>One that MessagePack makes about so many bytes of.</summary>
    public static BenchRecord Of(int bytes)
    {
        var values = new double[int.Max(0, bytes - HeadBytes) / ValueBytes];
        for (int i = 0; i < values.Length; i++)
            values[i] = i + 0.5;
        return new BenchRecord(1_000_000, "a bolt of steel", values);
    }
}
