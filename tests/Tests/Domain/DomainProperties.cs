using CsCheck;
using Meridian.Domain.Machine;
using Meridian.Simulation.Checks;
using Xunit;

namespace Meridian.Tests.Domain;

public sealed class DomainProperties
{
    private const int StepCount = 300;

    [Fact]
    public void Whatever_is_asked_nothing_is_overcommitted_and_the_ledger_sums_to_zero() => Gen.ULong.Sample(seed =>
    {
        var domain = new RandomDomain(seed);
        for (var step = 0; step < StepCount; step++)
        {
            domain.Step();
            var broken = StateRules.Broken(domain.State, domain.Now).ToList();
            Assert.True(broken.Count == 0, $"seed {seed}, step {step}: {string.Join("; ", broken)}");
        }
    }, iter: 60);

    [Fact]
    public void After_every_look_at_the_time_nobody_goes_on_in_room_that_is_reserved() => Gen.ULong.Sample(seed => LookAfterEachStep(seed), iter: 60);

    [Fact]
    public void Random_domains_have_enough_reservations_in_force_to_be_worth_testing()
    {
        var held = Enumerable.Range(0, 40).Sum(seed => LookAfterEachStep((ulong)seed));

        Assert.True(held > 100, $"only {held} states had a reservation in force");
    }

    [Fact]
    public void Replaying_the_events_gives_the_same_state_byte_for_byte() => Gen.ULong.Sample(seed =>
    {
        var domain = Grown(seed);

        var replayed = DomainState.Empty.Evolve(domain.Events);

        Assert.Equal(domain.State.ToBytes(), replayed.ToBytes());
    }, iter: 60);

    [Fact]
    public void A_state_survives_its_bytes() => Gen.ULong.Sample(seed =>
    {
        var domain = Grown(seed);
        var bytes = domain.State.ToBytes();

        var read = DomainState.FromBytes(bytes);

        Assert.Equal(bytes, read.ToBytes());
    }, iter: 60);

    [Fact]
    public void A_state_read_from_bytes_goes_on_as_the_one_that_was_written() => Gen.ULong.Sample(seed =>
    {
        var domain = Grown(seed);
        var half = domain.Events.Count / 2;

        var read = DomainState.FromBytes(DomainState.Empty.Evolve(domain.Events.Take(half)).ToBytes());

        Assert.Equal(domain.State.ToBytes(), read.Evolve(domain.Events.Skip(half)).ToBytes());
    }, iter: 60);

    [Fact]
    public void Random_domains_accept_enough_to_be_worth_testing()
    {
        var accepted = Enumerable.Range(0, 20).Select(seed => Grown((ulong)seed).AcceptedCount);

        Assert.All(accepted, count => Assert.True(count > StepCount / 5, $"{count} of {StepCount} accepted"));
    }

    /// <summary>In how many states of the domain a reservation was in force; in each of them nobody was in its way.</summary>
    private static int LookAfterEachStep(ulong seed)
    {
        var (domain, held) = (new RandomDomain(seed), 0);
        for (var step = 0; step < StepCount; step++)
        {
            domain.Step();
            domain.Do(new Meridian.Domain.Jobs.Tick());
            var broken = ReservationChecks.InTheWay(domain.State, domain.Now).ToList();
            Assert.True(broken.Count == 0, $"seed {seed}, step {step}: {string.Join("; ", broken)}");
            held += domain.State.Reservations.Open.Any(id => domain.State.Reservations.All[id].IsHeldAt(domain.Now)) ? 1 : 0;
        }

        return held;
    }

    private static RandomDomain Grown(ulong seed)
    {
        var domain = new RandomDomain(seed);
        for (var step = 0; step < StepCount; step++)
            domain.Step();
        return domain;
    }
}
